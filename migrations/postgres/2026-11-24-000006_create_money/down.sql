DROP TABLE reserve_snapshots;
DROP TABLE commitments;
DROP TABLE ledger_lines;
DROP TABLE ledger_transactions;
DROP TABLE fund_rows;
