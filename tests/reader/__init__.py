"""An independent reader of Renkei's formats, written from docs/protocol."""
