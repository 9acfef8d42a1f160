-- One compare-and-append: every check, then every effect. Redis takes back nothing that was written before an error, so nothing
-- below the line that says so may fail for a reason that could have been checked above it.
-- Answers: {'ok', number, writes}, or {reason, ...} with nothing written.
local meta, numbers, open, due, held, seen, counts, expiry, ops, log, rec = unpack(KEYS)
local op, install, known, last, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local id, expect, wake, score, listed, keep = ARGV[6], tonumber(ARGV[7]), ARGV[8], ARGV[9], ARGV[10], ARGV[11]
local at = 11

-- take reads the next list of the arguments: how many entries of the given width, then the entries.
local function take(width)
  at = at + 1
  local n, out = tonumber(ARGV[at]), {}
  for i = 1, n do
    local entry = {}
    for j = 1, width do
      entry[j] = ARGV[at + (i - 1) * width + j]
    end
    out[i] = entry
  end
  at = at + n * width
  return out
end
local records, deliveries, reserve, release, limits = take(1), take(1), take(2), take(1), take(5)

-- remembered is how many writes the ops hold. Past that a caller's last write cannot be looked for any more.
local remembered = 10000
local state = redis.call('HMGET', meta, 'install', 'writes')
local writes = tonumber(state[2] or '0')
if state[1] ~= install or writes < known then
  return {'lost', state[1] or '', writes}
end
if last ~= '' and known > writes - remembered and tonumber(redis.call('ZSCORE', ops, last) or '-1') ~= known then
  return {'lost', install, writes}
end

local old = redis.call('HMGET', log, 'number', 'version')
local done = redis.call('ZSCORE', ops, op)
if done then
  -- Something is written again, so that what waits for this connection's last write to be safe waits for no less than the first time.
  redis.call('HINCRBY', meta, 'repeated', 1)
  return {'ok', tonumber(old[1] or '0'), tonumber(done)}
end
if expect >= 0 then
  if tonumber(old[2] or '0') ~= expect then
    return {'conflict'}
  end
end
for i, d in ipairs(deliveries) do
  local till = redis.call('ZSCORE', seen, d[1])
  if till and tonumber(till) > now then
    return {'seen', i}
  end
end
for i, r in ipairs(reserve) do
  local holder = redis.call('HGET', held, r[1])
  if holder and holder ~= id and holder ~= r[2] then
    return {'held', i, holder}
  end
end
-- A limit is its key's prefix, how many, the first member that is too old to count, the new member, and when that may be forgotten.
for i, c in ipairs(limits) do
  local young = redis.call('ZRANGEBYLEX', counts, '(' .. c[3], '(' .. c[1] .. string.rep('\255', 24))
  local over = #young - tonumber(c[2])
  if over >= 0 then
    return {'full', i, young[over + 1]}
  end
end

-- From here on everything is written.
local number = tonumber(old[1] or '0')
if expect >= 0 then
  writes = redis.call('HINCRBY', meta, 'writes', 1)
  redis.call('HSET', meta, 'last', op)
  if number == 0 then
    number = redis.call('HINCRBY', meta, 'number', 1)
    redis.call('HSET', numbers, number, id)
  end
  redis.call('HSET', log, 'number', number, 'version', expect + #records, 'wake', wake, 'open', listed)
  for _, r in ipairs(records) do
    redis.call('RPUSH', rec, r[1])
  end
  if score == '' then
    redis.call('ZREM', due, id)
  else
    redis.call('ZADD', due, score, id)
  end
  if listed == '1' then
    redis.call('ZADD', open, number, id)
  else
    redis.call('ZREM', open, id)
  end
end
redis.call('ZADD', ops, writes, op)
for _, r in ipairs(release) do
  if redis.call('HGET', held, r[1]) == id then
    redis.call('HDEL', held, r[1])
  end
end
for _, r in ipairs(reserve) do
  redis.call('HSET', held, r[1], id)
end
for _, d in ipairs(deliveries) do
  redis.call('ZADD', seen, keep, d[1])
end
for _, c in ipairs(limits) do
  redis.call('ZADD', counts, 0, c[4])
  redis.call('ZADD', expiry, c[5], c[4])
end

-- What is too old is cleared away a little with every write, which leaves a handful: clearing keeps ahead.
local function clear(set, before, also)
  local gone = redis.call('ZRANGEBYSCORE', set, '-inf', before, 'LIMIT', 0, 32)
  for _, member in ipairs(gone) do
    redis.call('ZREM', set, member)
    if also then
      redis.call('ZREM', also, member)
    end
  end
end
if now > 0 then
  clear(seen, ARGV[5])
  clear(expiry, ARGV[5], counts)
end
clear(ops, writes - remembered)
return {'ok', number, writes}
