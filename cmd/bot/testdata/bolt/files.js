// Files, as apps share and read them: two in one message under a thread, each read back by the address that files.info gives.
module.exports = (app) => {
  app.command("/files", async ({ ack, command, client }) => {
    await ack();
    const first = await client.chat.postMessage({ channel: command.channel_id, text: "files follow" });
    const done = await client.files.uploadV2({
      channel_id: command.channel_id, thread_ts: first.ts, initial_comment: "two files",
      file_uploads: [{ content: "a,b\n1,2\n", filename: "list.csv", title: "A list" }, { file: Buffer.from([0, 1, 2, 255]), filename: "bytes.bin" }],
    });
    const read = [];
    for (const { id } of done.files[0].files) {
      const { file } = await client.files.info({ file: id });
      const res = await fetch(file.url_private_download, { headers: { Authorization: `Bearer ${client.token}` } });
      read.push(`${file.title} ${file.pretty_type} ${Buffer.from(await res.arrayBuffer()).toString("hex")}`);
    }
    const { files } = await client.files.list({ channel: command.channel_id });
    await client.files.delete({ file: files[0].id });
    await client.chat.postMessage({ channel: command.channel_id, text: `read ${read.join(", ")}; deleted one of ${files.length}` });
  });
};
