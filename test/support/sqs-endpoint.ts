import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';

/** An HTTP server that takes what `SendMessage` of SQS's JSON protocol sends, and keeps the bodies in `sent`. */
export function sqsEndpoint(): { readonly server: Server; readonly sent: string[] } {
  const sent: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { MessageBody } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { MessageBody: string };
    if (request.headers['x-amz-target'] !== 'AmazonSQS.SendMessage') return void response.writeHead(400).end('{}');
    sent.push(MessageBody);
    const answer = { MessageId: String(sent.length), MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer));
  });
  return { server, sent };
}
