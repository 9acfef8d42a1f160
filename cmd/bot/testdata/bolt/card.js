// A command, its card, a menu, a thread and a form.
const plain = (text) => ({ type: "plain_text", text });

module.exports = (app) => {
  app.command("/card", async ({ ack, command, client }) => {
    await ack("working on it");
    await client.chat.postMessage({ channel: command.channel_id, text: "a card", blocks: [
      { type: "section", text: { type: "mrkdwn", text: `For <@${command.user_id}>: ${command.text}` } },
      { type: "actions", block_id: "b", elements: [
        { type: "button", action_id: "go", text: plain("Go"), value: "1" },
        { type: "button", action_id: "ask", text: plain("Ask") },
        { type: "static_select", action_id: "pick", placeholder: plain("Pick"), options: [{ text: plain("One"), value: "1" }] } ] }] });
  });
  app.action("go", async ({ ack, body, client, respond }) => {
    await ack();
    await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: "gone", blocks: [{ type: "section", text: { type: "mrkdwn", text: `Pressed by <@${body.user.id}>` } }] });
    await client.chat.postMessage({ channel: body.channel.id, thread_ts: body.message.ts, text: "in the thread" });
    await respond({ text: "only for you", response_type: "ephemeral", replace_original: false });
  });
  app.action("pick", async ({ ack, action, say, body }) => { await ack(); await say({ text: `picked ${action.selected_option.value}`, thread_ts: body.message.ts }); });
  app.action("ask", async ({ ack, body, client }) => {
    await ack();
    await client.views.open({ trigger_id: body.trigger_id, view: { type: "modal", callback_id: "form", private_metadata: body.channel.id, title: plain("A form"), submit: plain("Send"),
      blocks: [{ type: "input", block_id: "name", label: plain("Name"), element: { type: "plain_text_input", action_id: "v" } }] } });
  });
  app.view("form", async ({ ack, view, client, body }) => {
    const name = view.state.values.name.v.value;
    if (name === "ann") { await ack({ response_action: "errors", errors: { name: "not ann" } }); return; }
    await ack();
    const info = await client.users.info({ user: body.user.id });
    await client.chat.postMessage({ channel: view.private_metadata, text: `${info.user.name} wrote ${name}` });
  });
};
