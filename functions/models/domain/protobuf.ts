/** The bytes are no protocol buffer. */
export class MalformedProtobufError extends Error {
  override readonly name = 'MalformedProtobufError';
}

/** One field of a message, as it lies on the wire: a number for a varint, bytes for all that has a length. */
export type WireField =
  | { readonly number: number; readonly varint: number }
  | { readonly number: number; readonly bytes: Uint8Array }
  | { readonly number: number };

/** Wire types of the protocol buffers encoding. */
const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

interface Varint {
  readonly value: number;
  readonly next: number;
}

/** Reads 7 bits a byte, least significant first. Values from 2^53 lose digits, which no field read here can reach. */
const readVarint = (bytes: Uint8Array, start: number): Varint => {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = bytes[start + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  throw new MalformedProtobufError(`Expected a varint at byte ${start}, found none that ends.`);
};

/**
 * Walks the fields of one message, without interpreting them: nested messages are given as bytes.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 * @throws MalformedProtobufError
 */
export function* readFields(message: Uint8Array): Generator<WireField> {
  let position = 0;
  const skip = (length: number): number => {
    const start = position;
    position += length;
    if (position > message.length) {
      throw new MalformedProtobufError(`Expected ${length} bytes at byte ${start}, found ${message.length - start}.`);
    }
    return start;
  };
  while (position < message.length) {
    const tag = readVarint(message, position);
    position = tag.next;
    const number = Math.floor(tag.value / 8);
    const type = tag.value % 8;
    if (type === wire.varint) {
      const { value, next } = readVarint(message, position);
      position = next;
      yield { number, varint: value };
    } else if (type === wire.bytes) {
      const length = readVarint(message, position);
      position = length.next;
      const start = skip(length.value);
      yield { number, bytes: message.subarray(start, position) };
    } else if (type === wire.fixed64 || type === wire.fixed32) {
      skip(type === wire.fixed64 ? 8 : 4);
      yield { number };
    } else {
      throw new MalformedProtobufError(`Expected a wire type 0, 1, 2 or 5 before byte ${position}, found ${type}.`);
    }
  }
}
