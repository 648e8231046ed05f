-- From this moment on a complete list without it proves that the send in doubt did not happen; 0: none is in doubt.
alter table effect add column proof_from integer not null default 0;
-- Until now such a row was not looked at before that moment.
update effect set proof_from = due where doubt > 0 and state <> 4;

-- By page too, so that the replies of one page are found without reading all. Holds what its condition names.
drop index effect_replied;
create index effect_replied on effect (page, state, kind) where state = 4 and kind = 'post_reply';
-- Pages that are being written to are passed over by the index alone, without a look at their rows.
drop index effect_turn;
create index effect_turn on effect (project, due + patience, n, page, due) where state < 4;
