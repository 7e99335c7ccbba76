-- +goose Up

-- What the model costs, and which rules gave the fields: numbers of strings. Rows
-- that are there already have none.
ALTER TABLE observations ADD COLUMN rates INTEGER;    -- the card that came with the model
ALTER TABLE observations ADD COLUMN repriced INTEGER; -- the card that a recalculation chose
ALTER TABLE observations ADD COLUMN reasons INTEGER;
