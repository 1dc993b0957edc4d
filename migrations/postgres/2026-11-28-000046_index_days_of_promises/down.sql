DROP INDEX commitments_by_day;
