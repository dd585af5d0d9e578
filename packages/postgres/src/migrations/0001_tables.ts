/**
 * Tables and indexes. Text that is compared has the collation "C": the same order everywhere, also after an upgrade
 * of the system's locales. Strings from outside may be longer than an index entry may be, so keys hold their hash.
 */
export default (s: string): ReadonlyArray<string> => [
  `create function ${s}.digest(given text) returns bytea language sql immutable strict parallel safe
   as $$ select sha256(convert_to(given, 'UTF8')) $$`,

  `create table ${s}.counters (
     tenant text collate "C" primary key,
     last_ticket bigint not null
   ) with (fillfactor = 10)`,
  `create sequence ${s}.message_id`,
  // One value of these stands for a block of 32 ids, which one process uses up.
  ...["user", "file", "record", "job"].map((kind) => `create sequence ${s}.${kind}_id increment by 32`),

  // What changes with a version. Everything that a mere message changes is in ticket_activity, so that a chat does
  // not rewrite this wide row and its indexes.
  `create table ${s}.tickets (
     tenant text collate "C" not null,
     id bigint not null,
     subject text not null,
     status text collate "C" not null,
     priority text collate "C" not null,
     category text collate "C",
     tags text[] not null,
     queue text collate "C",
     requester bigint not null,
     assignee bigint,
     channel text collate "C" not null,
     custom jsonb not null,
     follows_up bigint,
     merged_into bigint,
     created_at timestamptz(3) not null,
     first_reply_at timestamptz(3),
     resolved_at timestamptz(3),
     closed_at timestamptz(3),
     deleted_at timestamptz(3),
     primary key (tenant, id)
   )`,
  `create index tickets_created on ${s}.tickets (tenant, created_at, id) where deleted_at is null`,
  ...["status", "assignee", "requester", "queue"].map(
    (by) => `create index tickets_${by} on ${s}.tickets (tenant, ${by}, created_at, id) where deleted_at is null`,
  ),
  `create index tickets_tags on ${s}.tickets using gin (tags) where tags <> '{}' and deleted_at is null`,

  // The row that every write of a ticket locks, and the lists by updated_at.
  `create table ${s}.ticket_activity (
     tenant text collate "C" not null,
     id bigint not null,
     version integer not null,
     status text collate "C" not null,
     queue text collate "C",
     requester bigint not null,
     assignee bigint,
     deleted boolean not null,
     updated_at timestamptz(3) not null,
     sent_customer integer not null,
     sent_agents integer not null,
     read_customer integer not null,
     read_agents integer not null,
     primary key (tenant, id)
   ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)`,
  `create index ticket_activity_updated on ${s}.ticket_activity (tenant, updated_at, id) where not deleted`,
  ...["status", "assignee", "requester", "queue"].map(
    (by) =>
      `create index ticket_activity_${by} on ${s}.ticket_activity (tenant, ${by}, updated_at, id) where not deleted`,
  ),

  // How many tickets have this status and assignee (0 = nobody): the sum over all shards. Several backends count in
  // rows of their own, so that commits do not wait for each other.
  `create table ${s}.tallies (
     tenant text collate "C" not null,
     status text collate "C" not null,
     assignee bigint not null,
     shard smallint not null,
     count integer not null,
     primary key (tenant, status, assignee, shard)
   ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02)`,

  `create table ${s}.messages (
     tenant text collate "C" not null,
     id bigint not null,
     ticket_id bigint not null,
     version integer not null,
     note boolean not null,
     author bigint,
     role text collate "C" not null,
     text text not null,
     html text,
     full_text text,
     attachments jsonb not null,
     channel text collate "C" not null,
     created_at timestamptz(3) not null,
     edited_at timestamptz(3),
     deleted_at timestamptz(3),
     primary key (tenant, id)
   )`,
  `create index messages_ticket on ${s}.messages (tenant, ticket_id, id)`,

  `create table ${s}.users (
     tenant text collate "C" not null,
     id bigint not null,
     version integer not null,
     role text collate "C" not null,
     name text,
     email text collate "C",
     email_verified boolean not null,
     external_id text collate "C",
     active boolean not null,
     locale text,
     created_at timestamptz(3) not null,
     updated_at timestamptz(3) not null,
     primary key (tenant, id)
   )`,
  `create unique index users_email on ${s}.users (tenant, email) where email is not null`,
  `create unique index users_external_id on ${s}.users (tenant, external_id) where external_id is not null`,
  `create index users_role on ${s}.users (tenant, role, id)`,

  `create table ${s}.conversations (
     tenant text collate "C" not null,
     channel text collate "C" not null,
     address text not null,
     address_hash bytea not null generated always as (${s}.digest(address)) stored,
     version integer not null,
     user_id bigint not null,
     ticket_id bigint,
     primary key (tenant, channel, address_hash)
   )`,

  `create table ${s}.files (
     tenant text collate "C" not null,
     id bigint not null,
     version integer not null,
     name text not null,
     content_type text not null,
     size bigint not null,
     sha256 text not null,
     storage_key text not null,
     uploaded_by bigint,
     message_id bigint,
     ticket_id bigint,
     created_at timestamptz(3) not null,
     primary key (tenant, id)
   )`,
  `create index files_unattached on ${s}.files (id) where message_id is null`,

  `create table ${s}.records (
     tenant text collate "C" not null,
     id bigint not null,
     version integer not null,
     collection text collate "C" not null,
     key text collate "C" not null,
     data jsonb,
     primary key (tenant, id)
   )`,
  `create unique index records_key on ${s}.records (tenant, collection, key)`,

  `create table ${s}.once (
     tenant text collate "C" not null,
     key text not null,
     key_hash bytea not null generated always as (${s}.digest(key)) stored,
     result jsonb,
     primary key (tenant, key_hash)
   )`,

  `create table ${s}.jobs (
     id bigint primary key,
     tenant text collate "C" not null,
     kind text collate "C" not null,
     payload jsonb,
     state text collate "C" not null,
     run_at timestamptz(3) not null,
     attempts integer not null,
     max_attempts integer not null,
     result jsonb,
     error text,
     created_at timestamptz(3) not null,
     finished_at timestamptz(3),
     token text,
     held_until timestamptz(3),
     unique_key text,
     unique_until text
   ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02)`,
  // A claim and a heartbeat change none of the indexed columns, so they are cheap.
  `create index jobs_due on ${s}.jobs (kind, run_at, id) where finished_at is null`,
  `create index jobs_dead on ${s}.jobs (id) where state = 'dead'`,
  `create unique index jobs_unique on ${s}.jobs (tenant, ${s}.digest(unique_key)) where unique_key is not null`,

  `create sequence ${s}.event_position cache 1`,
  // The first value is used up, so that last_value always is one that was given.
  `select nextval('${s}.event_position')`,
  `create table ${s}.events (
     position bigint primary key,
     tenant text collate "C" not null,
     ticket_id bigint,
     at timestamptz(3) not null,
     data jsonb not null
   )`,
  `create index events_tenant on ${s}.events (tenant, position)`,
  `create index events_ticket on ${s}.events (tenant, ticket_id, position) where ticket_id is not null`,
];
