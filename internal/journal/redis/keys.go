package redis

// keys are the names of everything the journal keeps, under one hash tag, so that a Cluster has them on one server.
//
//	meta     hash: format, install (made with the store), number (given last), writes (to logs, ever), last (operation id of the last),
//	         repeated (answers that had to be given again), replicated
//	numbers  hash: running number → id
//	open     sorted set: id by running number, of the logs that are listed
//	due      sorted set: id by wake time in microseconds
//	held     hash: reserved key → id
//	seen     sorted set: delivery by the time until when it is remembered
//	counts   sorted set, by name: key, time, operation
//	expiry   sorted set: a member of counts by the time from which it may be forgotten
//	ops      sorted set: operation id by the number of its write; of one that is about no log, of the write before it
//	claimed  sorted set: id by the time at which the claim runs out
//	tokens   hash: id → token of its claim
//	log/ID   hash: number, version, wake, open
//	rec/ID   list: the records
type keys struct{ tag string }

func (k keys) of(name string) string { return "{" + k.tag + "}" + name }

func (k keys) log(id string) string { return k.of("log/" + id) }

func (k keys) records(id string) string { return k.of("rec/" + id) }

// write are the keys of the append script, in its order.
func (k keys) write(id string) []string {
	return []string{
		k.of("meta"), k.of("numbers"), k.of("open"), k.of("due"), k.of("held"), k.of("seen"), k.of("counts"), k.of("expiry"), k.of("ops"),
		k.log(id), k.records(id),
	}
}

// all are the keys that a store may have before its first log, in the order of the script that finds it.
func (k keys) all() []string {
	return append(k.write("")[:9:9], k.of("claimed"), k.of("tokens"))
}

// claim are the keys of the claim scripts, in their order.
func (k keys) claim() []string {
	return []string{k.of("meta"), k.of("due"), k.of("claimed"), k.of("tokens")}
}
