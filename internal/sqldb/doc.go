// Package sqldb is Azure SQL Database's service: logical servers and their databases, who may log in, sessions, and the
// interpreter that runs batches on the packages below it (catalog, bind, plan, exec, txn). It must never know the wire:
// requests come as values and answers go to a Sink.
package sqldb
