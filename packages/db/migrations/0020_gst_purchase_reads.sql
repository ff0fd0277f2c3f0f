-- Which version of a purchase counts is asked by its id as well: to show each of a list of documents with its state.
create unique index on gst_current_purchases (workspace_id, document_id);
