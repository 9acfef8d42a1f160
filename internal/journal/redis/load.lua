-- Reads one log as it is at one moment. No transaction does it: a server whose memory is full refuses those.
return {redis.call('HMGET', KEYS[1], 'number', 'version', 'wake', 'open'), redis.call('LRANGE', KEYS[2], 0, -1)}
