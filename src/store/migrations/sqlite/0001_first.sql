-- What must survive. Times are milliseconds since 1970 UTC. Never edit this file: add the next one.

-- A page, by a small key. `state` is null while only comments or effects are known of it.
create table page (
  key      integer primary key,
  id       text    not null unique,
  revision integer not null,
  state    text
);

-- A comment, redacted. `n` is the order in which they were seen. `mark` is the 40 bits of its reference: a key of
-- six bytes where the id takes 36, so an index on it stays small.
create table comment (
  n        integer primary key,
  page     integer not null references page (key),
  id       text    not null unique,
  mark     integer not null,
  hash     integer not null,
  standing integer not null,  -- 0 open, 1 answered, 2 silent, 3 absorbed
  presence integer not null,  -- 0 listed, 1 resolved, 2 deleted
  body     text    not null,
  reading  text    not null
);
create index comment_page on comment (page);
create index comment_mark on comment (mark);

-- An effect. The states are told at the top of sqlite.rs.
create table effect (
  n         integer primary key,
  page      integer not null references page (key),
  id        text    not null unique,
  kind      text    not null,
  comment   text,
  project   text,
  after     text,
  payload   text    not null,
  state     integer not null default 0,  -- 0 ready, 1 claimed, 2 sending, 3 unknown, 4 done, 5 failed, 6 moot, 7 parked
  due       integer not null,            -- not to be claimed before
  patience  integer not null,            -- how long it lets others go first, once due
  epoch     integer not null default 0,
  sends     integer not null default 0,  -- in all
  doubt     integer not null default 0,  -- of them, those that may have happened
  tries     integer not null default 0,
  owner     text,
  last_send integer,
  remote_id text,
  outcome   text,
  created   integer not null,
  updated   integer not null
);
create index effect_turn on effect (project, due + patience) where state < 4;
create index effect_open on effect (page) where state < 4;
create index effect_bad on effect (state) where state in (5, 7);
-- Holds what its own condition names, so that counting by it reads no row.
create index effect_replied on effect (state, kind) where state = 4 and kind = 'post_reply';

-- What is told to people. `mark` as above, of the comment.
create table audit (
  n       integer primary key,
  page    integer not null references page (key),
  at      integer not null,
  comment text,
  mark    integer,
  kind    text    not null,
  facts   text    not null
);
create index audit_mark on audit (mark) where mark is not null;

-- Small facts by name.
create table fact (
  name  text primary key,
  value text not null
) without rowid;
