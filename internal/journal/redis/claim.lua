-- Hands out due logs that nobody has claimed, oldest wake time first.
local meta, due, claimed, tokens = unpack(KEYS)
local install, now, till, most, token = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), ARGV[5]
local there = redis.call('HGET', meta, 'install')
if there ~= install then
  return {'lost', there or ''}
end
local out, from, page = {'ok'}, 0, 64
while #out - 1 < most do
  local ids = redis.call('ZRANGEBYSCORE', due, '-inf', ARGV[2], 'LIMIT', from, page)
  for _, id in ipairs(ids) do
    local held = redis.call('ZSCORE', claimed, id)
    if #out - 1 < most and not (held and now < tonumber(held)) then
      redis.call('ZADD', claimed, till, id)
      redis.call('HSET', tokens, id, token)
      out[#out + 1] = id
    end
  end
  if #ids < page then
    break
  end
  from = from + page
end
return out
