-- Says what is there: {install, writes, last, intact, replicated}, and notes in our store that the server has replicas.
-- Intact is 0 where the caller's last write is not among the ops that should hold it.
local meta, ops = KEYS[1], KEYS[2]
local install, known, last, replicas = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local m = redis.call('HMGET', meta, 'install', 'writes', 'last', 'replicated')
local writes, intact = tonumber(m[2] or '0'), 1
if last ~= '' and known > writes - 10000 and tonumber(redis.call('ZSCORE', ops, last) or '-1') ~= known then
  intact = 0
end
if m[1] == install and replicas == '1' and m[4] ~= '1' then
  redis.call('HSET', meta, 'replicated', '1')
  m[4] = '1'
end
return {m[1] or '', writes, m[3] or '', intact, m[4] or ''}
