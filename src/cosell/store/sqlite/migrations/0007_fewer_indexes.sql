-- Every question that outbox_by_receiver answered begins the longer outbox_by_subject, too.
DROP INDEX outbox_by_receiver;
