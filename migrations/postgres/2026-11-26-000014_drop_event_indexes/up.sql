-- Why: Rows are never looked for by their event, and every row of a large import would keep the index.
DROP INDEX commitments_by_event_id;
DROP INDEX ledger_lines_by_event_id;
DROP INDEX loan_registrations_by_event_id;
DROP INDEX servicing_rows_by_event_id;
