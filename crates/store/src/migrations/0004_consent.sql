-- What people can agree to. A notice is its document, and the document's digest is its name.
CREATE TABLE purpose (
    code {text} NOT NULL PRIMARY KEY,
    class {text} NOT NULL,
    name {text} NOT NULL,
    unused_months {int},
    created_at {int} NOT NULL
);
CREATE TABLE consent_notice (
    digest {blob} NOT NULL PRIMARY KEY,
    purpose {text} NOT NULL,
    version {int} NOT NULL,
    locale {text} NOT NULL,
    material {int} NOT NULL,
    sealed {blob} NOT NULL,
    created_at {int} NOT NULL
);
CREATE UNIQUE INDEX consent_notice_version ON consent_notice (purpose, version, locale);
-- Each showing, whatever came of it.
CREATE TABLE consent_notice_served (
    id {blob} NOT NULL PRIMARY KEY,
    contact_id {blob} NOT NULL,
    channel_id {blob} NOT NULL,
    notice {blob} NOT NULL,
    place {text} NOT NULL,
    at {int} NOT NULL
);
CREATE INDEX consent_notice_served_contact ON consent_notice_served (contact_id, at);

-- Where each consent stands: what its events made of it, and nothing that they do not say.
CREATE TABLE consent (
    contact_id {blob} NOT NULL,
    purpose {text} NOT NULL,
    channel_id {blob} NOT NULL,
    address_id {blob} NOT NULL,
    state {text} NOT NULL,
    since {int} NOT NULL,
    until {int},
    notice {blob} NOT NULL,
    material {int} NOT NULL,
    explicit {int} NOT NULL,
    way {text},
    last_used {int},
    rests_on {blob} NOT NULL,
    proof_until {int},
    leaf {blob} NOT NULL,
    events {int} NOT NULL,
    PRIMARY KEY (contact_id, purpose, channel_id, address_id)
);
CREATE INDEX consent_until ON consent (until) WHERE until IS NOT NULL;
-- Events are only ever added. The leaf is a salted commitment and stays; what was committed to is
-- sealed with the contact's key and goes with it.
CREATE TABLE consent_event (
    id {blob} NOT NULL PRIMARY KEY,
    contact_id {blob} NOT NULL,
    purpose {text} NOT NULL,
    channel_id {blob} NOT NULL,
    address_id {blob} NOT NULL,
    number {int} NOT NULL,
    kind {text} NOT NULL,
    at {int} NOT NULL,
    tree {text} NOT NULL,
    leaf_seq {int} NOT NULL,
    leaf {text} NOT NULL,
    sealed {blob}
);
CREATE UNIQUE INDEX consent_event_leaf ON consent_event (tree, leaf_seq);
CREATE INDEX consent_event_contact ON consent_event (contact_id, at);
-- Questions that wait for an answer from the address they are about. Of the secret in it only the
-- digest is kept; nobody is named while nobody has written.
CREATE TABLE challenge (
    id {blob} NOT NULL PRIMARY KEY,
    token {blob} NOT NULL UNIQUE,
    way {text} NOT NULL,
    purpose {text} NOT NULL,
    channel_id {blob} NOT NULL,
    notice {blob} NOT NULL,
    contact_id {blob},
    place {text} NOT NULL,
    issued_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    answered_at {int}
);
CREATE INDEX challenge_contact ON challenge (contact_id, issued_at) WHERE contact_id IS NOT NULL;
CREATE INDEX challenge_expiry ON challenge (expires_at);

-- Merkle trees: size and right edge, full tiles and the growing ones above the leaves, signed heads.
CREATE TABLE tree (
    name {text} NOT NULL PRIMARY KEY,
    size {int} NOT NULL,
    edge {blob} NOT NULL
);
CREATE TABLE tree_tile (
    tree {text} NOT NULL,
    level {int} NOT NULL,
    place {int} NOT NULL,
    hashes {blob} NOT NULL,
    PRIMARY KEY (tree, level, place)
);
CREATE TABLE tree_head (
    tree {text} NOT NULL,
    size {int} NOT NULL,
    note {text} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (tree, size)
);

-- What the gate said of a message: 0 when it was asked for, then by the number of the attempt.
CREATE TABLE gate_decision (
    message_id {blob} NOT NULL,
    number {int} NOT NULL,
    at {int} NOT NULL,
    class {text} NOT NULL,
    purpose {text},
    result {text} NOT NULL,
    reasons {text} NOT NULL,
    rule_version {int} NOT NULL,
    consent_events {blob} NOT NULL,
    PRIMARY KEY (message_id, number)
);

-- Objections in a sentence wait for a teammate, and not for ever.
CREATE INDEX preference_soft ON preference (at) WHERE decision = 'soft';
