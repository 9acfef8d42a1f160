-- Makes the store, or says what is there: {format, install, writes, last}. Where a key of ours is of another kind it answers {'', that key}.
-- Nothing is written into a store that is there already,
-- nor without an install id: then it answers {'none'} where there is none.
local format, install = ARGV[1], ARGV[2]
local kinds = {'hash', 'hash', 'zset', 'zset', 'hash', 'zset', 'zset', 'zset', 'zset', 'zset', 'hash'}
local empty = true
for i, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'none' then
    empty = false
    if kind ~= kinds[i] then
      return {'', key}
    end
  end
end
if empty and install == '' then
  return {'none'}
end
if empty then
  redis.call('HSET', KEYS[1], 'format', format, 'install', install, 'number', 0, 'writes', 0)
end
local m = redis.call('HMGET', KEYS[1], 'format', 'install', 'writes', 'last')
return {m[1] or '', m[2] or KEYS[1], tonumber(m[3] or '0'), m[4] or ''}
