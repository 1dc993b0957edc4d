DELETE FROM import_findings WHERE severity = 'note';
ALTER TABLE import_findings DROP CONSTRAINT import_findings_severity_check;
ALTER TABLE import_findings ADD CONSTRAINT import_findings_severity_check CHECK (severity IN ('rejected', 'warning'));
