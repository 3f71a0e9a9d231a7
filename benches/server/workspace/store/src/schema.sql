CREATE TABLE notes (id INTEGER PRIMARY KEY, author TEXT NOT NULL, text TEXT NOT NULL);
INSERT INTO notes (author, text) VALUES ('ada', 'one'), ('ada', 'two'), ('grace', 'three');
