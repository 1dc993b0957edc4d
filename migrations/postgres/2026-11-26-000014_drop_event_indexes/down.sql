CREATE INDEX commitments_by_event_id ON commitments (event_id);
CREATE INDEX ledger_lines_by_event_id ON ledger_lines (event_id);
CREATE INDEX loan_registrations_by_event_id ON loan_registrations (event_id);
CREATE INDEX servicing_rows_by_event_id ON servicing_rows (event_id);
