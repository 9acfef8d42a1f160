// A menu whose choices the app gives.
module.exports = (app) => {
  const plain = (text) => ({ type: "plain_text", text });
  const all = ["Berlin", "Bern", "Bonn"];
  app.command("/town", async ({ ack, command, client }) => {
    await ack();
    await client.chat.postMessage({ channel: command.channel_id, text: "a menu", blocks: [
      { type: "actions", block_id: "towns", elements: [{ type: "external_select", action_id: "town", min_query_length: 1, placeholder: plain("Town") }] }] });
  });
  app.options("town", async ({ options, ack }) => {
    const found = all.filter((name) => name.toLowerCase().includes(options.value.toLowerCase()));
    await ack({ options: found.map((name) => ({ text: plain(name), value: `${name} for ${options.user.id}` })) });
  });
  app.action("town", async ({ ack, action, say, body }) => {
    await ack();
    await say({ text: `chosen: ${action.selected_option.text.text}, ${action.selected_option.value}`, thread_ts: body.message.ts });
  });
};
