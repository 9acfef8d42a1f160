-- Says what is there: {install, total, replicated}, and notes in our store that the server has replicas.
local meta, install, replicas = KEYS[1], ARGV[1], ARGV[2]
local m = redis.call('HMGET', meta, 'install', 'total', 'replicated')
if m[1] == install and replicas == '1' and m[3] ~= '1' then
  redis.call('HSET', meta, 'replicated', '1')
  m[3] = '1'
end
return {m[1] or '', tonumber(m[2] or '0'), m[3] or ''}
