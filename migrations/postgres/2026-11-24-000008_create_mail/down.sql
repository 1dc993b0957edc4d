DROP TABLE mail_deliveries;
DROP TABLE outbox;
DROP TABLE reports;
