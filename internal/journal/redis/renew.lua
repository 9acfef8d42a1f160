-- Prolongs a claim to the given time, or gives it up where that is empty. Answers 1, or 0 when the claim is another's or nobody's.
local claimed, tokens = KEYS[3], KEYS[4]
local id, token, till = ARGV[1], ARGV[2], ARGV[3]
if redis.call('HGET', tokens, id) ~= token then
  return 0
end
if till == '' then
  redis.call('ZREM', claimed, id)
  redis.call('HDEL', tokens, id)
else
  redis.call('ZADD', claimed, till, id)
end
return 1
