import { connect } from 'node:net';

const LENGTH = /\ncontent-length: *(\d+)/i;

/**
 * One keep-alive HTTP/1.1 connection with one request in flight: as little as a client can do and still read every answer.
 * It understands answers with `Content-Length` and 204; anything else (chunks, early close, bytes too many) is an error,
 * because no candidate of this bench should send it.
 */
export class Connection {
  #socket;
  #partial = '';
  #answered = null;
  #failed;

  /**
   * @param {number} port on 127.0.0.1
   * @param {(error: Error) => void} failed called for anything that is not an answer
   * @returns {Promise<Connection>}
   */
  static open(port, failed) {
    return new Promise((resolve, reject) => {
      const connection = new Connection();
      connection.#failed = reject;
      connection.#socket = connect({
        host: '127.0.0.1',
        port,
        noDelay: true,
        onread: { buffer: Buffer.allocUnsafe(65_536), callback: (bytes, buffer) => connection.#receive(buffer.latin1Slice(0, bytes)) },
      });
      connection.#socket.once('connect', () => {
        connection.#failed = failed;
        resolve(connection);
      });
      connection.#socket.on('error', (error) => connection.#failed(error));
      connection.#socket.on('close', () => {
        if (connection.#answered !== null) connection.#failed(new Error('the service closed the connection before it answered'));
      });
    });
  }

  /**
   * @param {Buffer} request a whole request, head and body
   * @param {(status: number, head: string, body: string) => void} answered may call `exchange` again
   */
  exchange(request, answered) {
    if (this.#socket.destroyed) return this.#failed(new Error('the service closed the connection between two requests'));
    this.#answered = answered;
    this.#socket.write(request);
  }

  close() {
    this.#answered = null;
    this.#socket.destroy();
  }

  #receive(chunk) {
    const text = this.#partial === '' ? chunk : this.#partial + chunk;
    const headEnd = text.indexOf('\r\n\r\n');
    if (headEnd === -1) {
      this.#partial = text;
      return true;
    }
    const status = Number(text.slice(9, 12));
    const head = text.slice(0, headEnd);
    const length = LENGTH.exec(head);
    if (length === null && status !== 204) return this.#refuse(`an answer without Content-Length: ${head}`);
    const end = headEnd + 4 + (length === null ? 0 : Number(length[1]));
    if (text.length < end) {
      this.#partial = text;
      return true;
    }
    if (text.length > end || this.#answered === null) return this.#refuse(`bytes nobody asked for: ${text.slice(0, 300)}`);
    this.#partial = '';
    const answered = this.#answered;
    this.#answered = null;
    answered(status, head, text.slice(headEnd + 4));
    return true;
  }

  #refuse(reason) {
    this.#answered = null;
    this.#failed(new Error(reason));
    this.#socket.destroy();
    return false;
  }
}
