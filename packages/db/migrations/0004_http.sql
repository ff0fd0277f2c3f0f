-- What the API processes share about requests.

-- Replies to changes that were asked for with an Idempotency-Key, made in the transaction of the change. They belong to
-- who sent the key, and to nobody else: the row is found by a keyed hash of the sender and the key, and the reply is
-- sealed with a key that follows from the same two, which are kept nowhere.
create table idempotent_replies (
  key bytea primary key,
  fingerprint bytea not null, -- keyed hash of what was asked
  reply bytea, -- null: it showed a secret, once
  created_at timestamptz not null default clock_timestamp()
);
create index idempotent_replies_by_age on idempotent_replies (created_at);

-- How much of a quota was taken by all processes together. Keys are keyed hashes.
create unlogged table rate_limits (
  key text primary key,
  taken integer not null,
  ends_at timestamptz not null -- of the window; a new one begins with the next request
);
create index rate_limits_by_end on rate_limits (ends_at);

grant select, insert, update, delete on idempotent_replies, rate_limits to drayage_api, drayage_worker;
