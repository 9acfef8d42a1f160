// An app as Slack's tutorials write them. What it does stands in a file for each concept.
const { App, LogLevel } = require("@slack/bolt");
const [api, token, appToken, secret, transport, port] = process.argv.slice(2);
const socket = transport === "socket";
const app = new App({
  token, signingSecret: secret, ...(socket ? { appToken, socketMode: true } : {}), clientOptions: { slackApiUrl: api }, logLevel: LogLevel.INFO,
});
for (const concept of ["card", "files", "home", "events", "menus"]) require(`./${concept}.js`)(app);
app.error(async (e) => { console.log("ERROR", e); });
(async () => { await app.start(socket ? undefined : Number(port)); console.log("UP"); })();
