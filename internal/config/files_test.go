package config_test

// example is the file of design §6.
const example = `slack:
  transport: socket                # socket | http
  api_url: https://slack.com/api/
  bot_token: env:SLACK_BOT_TOKEN
  app_token: env:SLACK_APP_TOKEN   # socket
  signing_secret: env:NOT_NEEDED_BY_SOCKET   # http
  command: /offboard
  team: T0123456                   # anybody else is refused
  app_id: A0123456
  approvals_channel: C0APPROVE     # where cards go
  audit_channel: C0AUDIT
http:
  listen: 127.0.0.1:8080
journal: file:offboard.db
writes: false
requesters: {users: [U1], groups: [S1]}
approvers:  {users: [U2], groups: [S2]}
policies:
  - match: {actions: [delete]}
    approvals: 1
    expires: 24h
    window: 1h
    confirm: dialog
    cool_off: 15m
  - approvals: 1
    expires: 24h
protected: [ceo@example.com, "zitadel:1234567890"]
limits: {per_hour: 20, per_requester_per_day: 10}
digest: off
caps:
  requester: {per_hour: 5}
providers:
  ecgrid:  {type: ecgrid,  url: https://rest.ecgrid.io, api_key: env:ECGRID_API_KEY, action: delete}
  zitadel: {type: zitadel, url: https://id.example.com, token: env:ZITADEL_TOKEN, action: deactivate}
  torii:   {type: torii, url: https://api.torii.so, secret_key: env:TORII_SECRET_KEY, environment: 0193f0a1-0000-7000-8000-000000000000}
`

// minimal leaves out everything that can be left out.
const minimal = `slack:
  transport: http
  bot_token: env:SLACK_BOT_TOKEN
  signing_secret: env:SLACK_SIGNING_SECRET
  team: T1
  approvals_channel: C1
  audit_channel: C2
requesters: {users: [U1]}
approvers: {groups: [S2]}
providers:
  eu: {type: zitadel, url: "https://id.example.com/", token: env:ZITADEL_TOKEN}
`
