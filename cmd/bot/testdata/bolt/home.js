// The Home tab: published when somebody comes to it, and again when they press.
const plain = (text) => ({ type: "plain_text", text });
const home = (text) => ({ type: "home", blocks: [
  { type: "section", text: { type: "mrkdwn", text } },
  { type: "input", block_id: "note", label: plain("Note"), element: { type: "plain_text_input", action_id: "text" } },
  { type: "actions", block_id: "h", elements: [{ type: "button", action_id: "count", text: plain("Count"), value: "1" }] }] });

module.exports = (app) => {
  app.event("app_home_opened", async ({ event, client }) => {
    if (event.tab !== "home") return;
    await client.views.publish({ user_id: event.user, view: home(`Welcome home, <@${event.user}>, ${event.view ? "again" : "for the first time"}`) });
  });
  app.action("count", async ({ ack, body, client }) => {
    await ack();
    const note = body.view.state.values.note.text.value;
    await client.views.publish({ user_id: body.user.id, hash: body.view.hash, view: home(`Pressed in a ${body.view.type} by @${body.user.id}: ${note}`) });
  });
};
