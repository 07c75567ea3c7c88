-- Who is to be erased and how far it is; with the end nobody can tell any more who it was. What
-- stays is the certificate, for as long as docs/retention.md says.
CREATE TABLE erasure (
    id {blob} NOT NULL PRIMARY KEY,
    contact_id {blob},
    digest {blob} NOT NULL UNIQUE,
    step {text} NOT NULL,
    asked_by {blob} NOT NULL,
    asked_at {int} NOT NULL,
    finished_at {int},
    conversations {int} NOT NULL,
    messages {int} NOT NULL,
    notes {int} NOT NULL,
    files {int} NOT NULL,
    addresses {int} NOT NULL,
    certificate {text}
);
-- As long as one stands, nothing of the contact is erased. It goes with the contact.
CREATE TABLE hold (
    id {blob} NOT NULL PRIMARY KEY,
    contact_id {blob} NOT NULL,
    sealed {blob} NOT NULL,
    review_at {int} NOT NULL,
    asked_by {blob} NOT NULL,
    asked_at {int} NOT NULL,
    agreed_by {blob},
    agreed_at {int},
    ended_by {blob},
    ended_at {int}
);
CREATE INDEX hold_contact ON hold (contact_id);
