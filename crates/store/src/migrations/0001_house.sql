-- The installation itself: who we are, and which key sealed this database.
CREATE TABLE installation (
    name {text} NOT NULL PRIMARY KEY,
    value {blob} NOT NULL
);
CREATE TABLE teammate (
    id {blob} NOT NULL PRIMARY KEY,
    role {text} NOT NULL,
    email_lookup {blob} NOT NULL UNIQUE,
    sealed {blob} NOT NULL,
    password_hash {text},
    created_at {int} NOT NULL,
    disabled_at {int}
);
CREATE TABLE session (
    digest {blob} NOT NULL PRIMARY KEY,
    teammate_id {blob} NOT NULL,
    csrf {blob} NOT NULL,
    created_at {int} NOT NULL,
    confirmed_at {int} NOT NULL,
    expires_at {int} NOT NULL
);
CREATE INDEX session_teammate ON session (teammate_id);
CREATE INDEX session_expiry ON session (expires_at);
CREATE TABLE api_token (
    id {blob} NOT NULL PRIMARY KEY,
    digest {blob} NOT NULL UNIQUE,
    teammate_id {blob} NOT NULL,
    scopes {text} NOT NULL,
    created_at {int} NOT NULL,
    expires_at {int}
);
CREATE INDEX api_token_teammate ON api_token (teammate_id);
CREATE TABLE passkey (
    id {blob} NOT NULL PRIMARY KEY,
    teammate_id {blob} NOT NULL,
    credential {blob} NOT NULL UNIQUE,
    sealed {blob} NOT NULL,
    created_at {int} NOT NULL
);
CREATE INDEX passkey_teammate ON passkey (teammate_id);

CREATE TABLE channel (
    id {blob} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    state {text} NOT NULL,
    sealed {blob} NOT NULL,
    created_at {int} NOT NULL,
    version {int} NOT NULL
);
CREATE TABLE entry (
    id {blob} NOT NULL PRIMARY KEY,
    channel_id {blob} NOT NULL,
    slug {text} NOT NULL UNIQUE,
    locale {text} NOT NULL,
    sealed {blob} NOT NULL,
    created_at {int} NOT NULL
);
CREATE TABLE template (
    channel_id {blob} NOT NULL,
    name {text} NOT NULL,
    language {text} NOT NULL,
    body {text} NOT NULL,
    fetched_at {int} NOT NULL,
    PRIMARY KEY (channel_id, name, language)
);
CREATE TABLE notice (
    version {int} NOT NULL,
    locale {text} NOT NULL,
    digest {blob} NOT NULL,
    sealed {blob} NOT NULL,
    created_at {int} NOT NULL,
    PRIMARY KEY (version, locale)
);

-- Where its words stand in the index.
CREATE TABLE contact (
    {sqlite}place INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,{end}{postgres}place BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
    id BYTEA NOT NULL PRIMARY KEY,{end}
    sealed {blob} NOT NULL,
    created_at {int} NOT NULL,
    spoke {int} NOT NULL,
    version {int} NOT NULL
);
CREATE INDEX contact_silent ON contact (created_at) WHERE spoke = 0;
CREATE INDEX contact_newest ON contact (created_at, id);
-- An address that was given up keeps its row with an end, so that history still says who wrote.
CREATE TABLE address (
    id {blob} NOT NULL PRIMARY KEY,
    contact_id {blob} NOT NULL,
    channel_id {blob} NOT NULL,
    kind {text} NOT NULL,
    lookup {blob} NOT NULL,
    sealed {blob} NOT NULL,
    verified {int} NOT NULL,
    valid_from {int} NOT NULL,
    valid_to {int},
    last_used_at {int} NOT NULL
);
CREATE UNIQUE INDEX address_current ON address (channel_id, kind, lookup) WHERE valid_to IS NULL;
CREATE INDEX address_contact ON address (contact_id);
CREATE TABLE notice_served (
    id {blob} NOT NULL PRIMARY KEY,
    contact_id {blob} NOT NULL,
    version {int} NOT NULL,
    locale {text} NOT NULL,
    at {int} NOT NULL
);
CREATE INDEX notice_served_contact ON notice_served (contact_id, at);
CREATE TABLE preference (
    contact_id {blob} NOT NULL,
    channel_id {blob} NOT NULL,
    category {text} NOT NULL,
    decision {text} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (contact_id, channel_id, category)
);
CREATE TABLE chat_session (
    digest {blob} NOT NULL PRIMARY KEY,
    contact_id {blob} NOT NULL,
    entry_id {blob} NOT NULL,
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL
);
CREATE INDEX chat_session_contact ON chat_session (contact_id);

CREATE TABLE conversation (
    id {blob} NOT NULL PRIMARY KEY,
    contact_id {blob} NOT NULL,
    channel_id {blob} NOT NULL,
    address_id {blob} NOT NULL,
    status {text} NOT NULL,
    assignee_id {blob},
    snoozed_until {int},
    last_seq {int} NOT NULL,
    unread {int} NOT NULL,
    team_read_seq {int} NOT NULL,
    contact_read_seq {int} NOT NULL,
    preview {blob},
    tags {blob},
    last_message_at {int} NOT NULL,
    last_inbound_at {int},
    last_inbound_id {blob},
    created_at {int} NOT NULL,
    version {int} NOT NULL
);
CREATE UNIQUE INDEX conversation_thread ON conversation (contact_id, channel_id);
-- A message moves its conversation in every list in which it stands: one that nobody has stands in
-- as few as can be. The last column spares a look into the row.
CREATE INDEX conversation_queue ON conversation (status, last_message_at, id, assignee_id) WHERE assignee_id IS NULL;
CREATE INDEX conversation_taken ON conversation (status, last_message_at, id, assignee_id) WHERE assignee_id IS NOT NULL;
CREATE INDEX conversation_assignee ON conversation (assignee_id, status, last_message_at, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX conversation_channel ON conversation (channel_id, status, last_message_at, id);
CREATE INDEX conversation_snooze ON conversation (snoozed_until) WHERE snoozed_until IS NOT NULL;

-- Messages lie in the order in which they came, so that new ones share pages; one index finds them
-- by conversation and order, and by the provider's id. What only the team sees lies elsewhere.
-- A place is the number of the feed's entry that told of it: the order in which a search answers.
CREATE TABLE message (
    {sqlite}place INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,{end}{postgres}place BIGINT NOT NULL UNIQUE,
    id BYTEA NOT NULL PRIMARY KEY,{end}
    conversation_id {blob} NOT NULL,
    seq {int} NOT NULL,
    channel_id {blob} NOT NULL,
    direction {int} NOT NULL,
    author_kind {text} NOT NULL,
    author_id {blob},
    sealed {blob} NOT NULL,
    at {int} NOT NULL,
    created_at {int} NOT NULL,
    provider_key {blob},
    provider_id {blob},
    attachments {int} NOT NULL,
    state {int},
    error_code {text},
    error_class {text},
    cost_category {text},
    cost_billable {int},
    edited_at {int},
    deleted_at {int},
    version {int} NOT NULL
);
CREATE INDEX message_place ON message (conversation_id, seq, provider_key);
CREATE INDEX message_outbound ON message (channel_id, provider_key) WHERE direction = 1 AND provider_key IS NOT NULL;
CREATE TABLE note (
    {sqlite}place INTEGER PRIMARY KEY,{end}{postgres}place BIGINT NOT NULL PRIMARY KEY,{end}
    conversation_id {blob} NOT NULL,
    seq {int} NOT NULL,
    id {blob} NOT NULL,
    author_id {blob} NOT NULL,
    sealed {blob} NOT NULL,
    at {int} NOT NULL
);
CREATE UNIQUE INDEX note_place ON note (conversation_id, seq);
CREATE UNIQUE INDEX note_id ON note (id);
CREATE TABLE activity (
    conversation_id {blob} NOT NULL,
    seq {int} NOT NULL,
    id {blob} NOT NULL,
    kind {text} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_id {blob},
    sealed {blob} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (conversation_id, seq)
){clustered};
CREATE UNIQUE INDEX activity_id ON activity (id);
CREATE TABLE reaction (
    message_id {blob} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_id {blob} NOT NULL,
    sealed {blob} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (message_id, actor_kind, actor_id)
);
CREATE TABLE attachment (
    id {blob} NOT NULL PRIMARY KEY,
    owner {blob} NOT NULL,
    conversation_id {blob},
    message_id {blob},
    position {int} NOT NULL,
    kind {text} NOT NULL,
    state {text} NOT NULL,
    size {int} NOT NULL,
    sealed {blob} NOT NULL,
    file_key {blob},
    uploader {blob},
    created_at {int} NOT NULL
);
CREATE INDEX attachment_message ON attachment (message_id, position) WHERE message_id IS NOT NULL;

-- Every attempt is written before it starts, so that a crash leaves an attempt without an end.
CREATE TABLE attempt (
    message_id {blob} NOT NULL,
    number {int} NOT NULL,
    started_at {int} NOT NULL,
    rule_version {int} NOT NULL,
    finished_at {int},
    outcome {text},
    error_code {text},
    PRIMARY KEY (message_id, number)
);
-- Receipts that came before we knew the provider's id of our message.
CREATE TABLE parked_receipt (
    channel_id {blob} NOT NULL,
    provider_key {blob} NOT NULL,
    state {int} NOT NULL,
    at {int} NOT NULL,
    error_code {text},
    error_class {text},
    cost_category {text},
    cost_billable {int},
    received_at {int} NOT NULL,
    PRIMARY KEY (channel_id, provider_key, state)
);
CREATE INDEX parked_receipt_age ON parked_receipt (received_at);
-- The provider's own time leads the key, in seconds: new rows land at the end and share pages, the cost of a look-up does not grow with history, and retention is a range
-- delete. The rest of the key names channel and message together.
CREATE TABLE dedup (
    at {int} NOT NULL,
    seen {blob} NOT NULL,
    PRIMARY KEY (at, seen)
){clustered};
-- What an author already wrote under its own id: the same id again is the same write.
CREATE TABLE client_write (
    key {blob} NOT NULL PRIMARY KEY,
    body_digest {blob} NOT NULL,
    result {blob} NOT NULL,
    at {int} NOT NULL
);
CREATE TABLE callback (
    id {blob} NOT NULL PRIMARY KEY,
    channel_id {blob} NOT NULL,
    received_at {int} NOT NULL,
    state {text} NOT NULL,
    issues {int} NOT NULL,
    sealed {blob} NOT NULL
);
CREATE INDEX callback_unfinished ON callback (state, id) WHERE state <> 'done';
CREATE TABLE job (
    id {blob} NOT NULL PRIMARY KEY,
    kind {text} NOT NULL,
    lane {blob} NOT NULL,
    place {int} NOT NULL,
    state {text} NOT NULL,
    run_at {int} NOT NULL,
    attempts {int} NOT NULL,
    lease_until {int} NOT NULL,
    subject {blob} NOT NULL,
    last_error {text},
    created_at {int} NOT NULL
);
CREATE INDEX job_due ON job (state, place, id);
CREATE INDEX job_lane ON job (lane, state, place, id);
CREATE INDEX job_place ON job (place);
CREATE TABLE read_log (
    id {blob} NOT NULL PRIMARY KEY,
    contact_id {blob} NOT NULL,
    actor_kind {text} NOT NULL,
    actor_id {blob},
    what {text} NOT NULL,
    at {int} NOT NULL
);
CREATE INDEX read_log_contact ON read_log (contact_id, at);
-- Every change, numbered. A reader on PostgreSQL goes by (tx, seq) up to the snapshot horizon,
-- because there a sequence is not the order of commits; on SQLite tx is always 0 and seq is enough.
CREATE TABLE feed (
    seq {serial},
    tx {tx},
    at {int} NOT NULL,
    kind {text} NOT NULL,
    conversation_id {blob},
    item_seq {int},
    ref_id {blob}
);
{postgres}CREATE INDEX feed_order ON feed (tx, seq);{end}
CREATE INDEX attachment_loose ON attachment (created_at) WHERE message_id IS NULL;
CREATE INDEX attachment_unsent ON attachment (uploader) WHERE message_id IS NULL;

-- The words of messages and notes, and those by which people are known, as keyed hashes. They are
-- written with what they belong to and go with it.
{sqlite}
CREATE VIRTUAL TABLE words USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE contact_words USING fts5(tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
{end}
{postgres}
CREATE TABLE words (rowid BIGINT NOT NULL PRIMARY KEY, tokens TEXT NOT NULL);
CREATE INDEX words_tokens ON words USING GIN (to_tsvector('simple', tokens));
CREATE TABLE contact_words (rowid BIGINT NOT NULL PRIMARY KEY, tokens TEXT NOT NULL);
CREATE INDEX contact_words_tokens ON contact_words USING GIN (to_tsvector('simple', tokens));
{end}
