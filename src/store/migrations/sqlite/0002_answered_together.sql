-- The comment whose reply answers this one too, when a flood of comments was answered together.
alter table comment add column answered_in text;
