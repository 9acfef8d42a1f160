-- One compare-and-append: every check, then every effect. Redis takes back nothing that was written before an error, so nothing
-- below the line that says so may fail for a reason that could have been checked above it.
-- Answers: {'ok', number, writes}, or {reason, ...} with nothing written.
-- Most of what a script costs is its calls: what can go into one goes into one, and what is as it was is not written again.
local call = redis.call
local meta, numbers, open, due, held, seen, counts, expiry, ops, log, rec = unpack(KEYS)
local op, install, known, last, now = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], tonumber(ARGV[5])
local id, expect, wake, score, listed, keep = ARGV[6], tonumber(ARGV[7]), ARGV[8], ARGV[9], ARGV[10], ARGV[11]
local at = 12

-- list says where the entries of the arguments' next list begin and where they end. Each has so many parts; their number stands before them.
local function list(parts)
  local first = at + 1
  at = first + tonumber(ARGV[at]) * parts
  return first, at - 1
end
local record, records = list(1)
local delivery, deliveries = list(1)
local reserve, reserves = list(2)
local release, releases = list(1)
local unless, unlesses = list(1)
local limit, limits = list(5)

-- remembered is how many writes the ops hold. Past that a caller's last write cannot be looked for any more.
local remembered = 10000
local state = call('HMGET', meta, 'install', 'writes')
local writes = tonumber(state[2] or '0')
if state[1] ~= install or writes < known then
  return {'lost', state[1] or '', writes}
end
local done, latest = unpack(call('ZMSCORE', ops, op, last))
if last ~= '' and known > writes - remembered and tonumber(latest or '-1') ~= known then
  return {'lost', install, writes}
end

local old = call('HMGET', log, 'number', 'version', 'wake', 'open')
local number = tonumber(old[1] or '0')
if done then
  -- Something is written again, so that what waits for this connection's last write to be safe waits for no less than the first time.
  call('HINCRBY', meta, 'repeated', 1)
  return {'ok', number, tonumber(done)}
end
if expect >= 0 and tonumber(old[2] or '0') ~= expect then
  return {'conflict'}
end
if delivery <= deliveries then
  for i, till in ipairs(call('ZMSCORE', seen, unpack(ARGV, delivery, deliveries))) do
    if till and tonumber(till) > now then
      return {'seen', i}
    end
  end
end
for i = reserve, reserves, 2 do
  local holder = call('HGET', held, ARGV[i])
  if holder and holder ~= id and holder ~= ARGV[i + 1] then
    return {'held', (i - reserve) / 2 + 1, holder}
  end
end
for i = unless, unlesses do
  local holder = call('HGET', held, ARGV[i])
  if holder and holder ~= id then
    return {'barred', i - unless + 1, holder}
  end
end
-- A limit is its key's prefix, how many, the first member that is too old to count, the new member, and when that may be forgotten.
for i = limit, limits, 5 do
  local young = call('ZRANGEBYLEX', counts, '(' .. ARGV[i + 2], '(' .. ARGV[i] .. string.rep('\255', 24))
  local over = #young - tonumber(ARGV[i + 1])
  if over >= 0 then
    return {'full', (i - limit) / 5 + 1, young[over + 1]}
  end
end

-- From here on everything is written.
if expect >= 0 then
  writes = writes + 1
  call('HSET', meta, 'writes', writes, 'last', op)
  if number == 0 then
    number = call('HINCRBY', meta, 'number', 1)
    call('HSET', numbers, number, id)
    call('HSET', log, 'number', number)
  end
  call('HSET', log, 'version', expect + records - record + 1, 'wake', wake, 'open', listed)
  for i = record, records, 1000 do -- unpack takes no more than some thousands
    call('RPUSH', rec, unpack(ARGV, i, math.min(i + 999, records)))
  end
  if score == '' then
    call('ZREM', due, id)
  elseif wake ~= old[3] then
    call('ZADD', due, score, id)
  end
  if listed == '0' then
    call('ZREM', open, id)
  elseif listed ~= old[4] then
    call('ZADD', open, number, id)
  end
end
call('ZADD', ops, writes, op)
for i = release, releases do
  if call('HGET', held, ARGV[i]) == id then
    call('HDEL', held, ARGV[i])
  end
end
for i = reserve, reserves, 2 do
  call('HSET', held, ARGV[i], id)
end
local marks = {}
for i = delivery, deliveries do
  marks[#marks + 1] = keep
  marks[#marks + 1] = ARGV[i]
  if #marks == 2000 or i == deliveries then
    call('ZADD', seen, unpack(marks))
    marks = {}
  end
end
for i = limit, limits, 5 do
  call('ZADD', counts, 0, ARGV[i + 3])
  call('ZADD', expiry, ARGV[i + 4], ARGV[i + 3])
end

-- What is too old is cleared away a little by one write in 32, the one whose operation id happens to end so. Each leaves a handful: clearing
-- keeps ahead.
local function clear(set, before, also)
  local gone = call('ZRANGEBYSCORE', set, '-inf', before, 'LIMIT', 0, 1000)
  if #gone > 0 then
    call('ZREM', set, unpack(gone))
    if also then
      call('ZREM', also, unpack(gone))
    end
  end
end
if string.sub(op, -1) == 'A' then
  if now > 0 then
    clear(seen, ARGV[5])
    clear(expiry, ARGV[5], counts)
  end
  clear(ops, writes - remembered)
end
return {'ok', number, writes}
