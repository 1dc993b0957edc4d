DROP TABLE settings;
DROP TABLE events;
DROP TABLE scopes;
