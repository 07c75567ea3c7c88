-- Restriction of processing (Art. 18 GDPR). The contact's row says that it stands, so that nobody
-- has to look elsewhere; what it was for, and who asked, lies beside it and goes with the contact.
ALTER TABLE contact ADD COLUMN restricted_at {int};
CREATE TABLE restriction (
    id {blob} NOT NULL PRIMARY KEY,
    contact_id {blob} NOT NULL,
    reason {blob} NOT NULL,
    -- Nobody of the team: the contact asked itself.
    asked_by {blob},
    asked_at {int} NOT NULL,
    lifted_reason {blob},
    lifted_by {blob},
    lifted_at {int}
);
CREATE INDEX restriction_contact ON restriction (contact_id, asked_at);
