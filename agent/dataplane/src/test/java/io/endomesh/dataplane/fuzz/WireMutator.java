package io.endomesh.dataplane.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Changes messages of Protocol Buffers without breaking their form, so that what is said in them
 * gets further than to the one who reads the form: fields go, come twice, move to another message,
 * and have other numbers and values. Knows no schema. Stateless.
 */
public final class WireMutator implements Mutator {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  /** As deep as a message is taken apart. */
  private static final int MAX_DEPTH = 30;

  private final Mutator text;

  /**
   * @param words that are put into strings
   */
  public WireMutator(String... words) {
    this.text = Mutator.of(words);
  }

  /**
   * @param number of VARINT and the fixed ones
   * @param bytes of BYTES, if it is no message
   * @param message of BYTES, if it can be read as one
   */
  private static final class Field {
    int tag;
    int type;
    long number;
    byte[] bytes = new byte[0];
    List<Field> message = List.of();
    boolean isMessage;

    Field copy() {
      Field copy = new Field();
      copy.tag = tag;
      copy.type = type;
      copy.number = number;
      copy.bytes = bytes;
      copy.isMessage = isMessage;
      copy.message = new ArrayList<>();
      message.forEach(field -> copy.message.add(field.copy()));
      return copy;
    }
  }

  @Override
  public byte[] mutate(byte[] input, List<byte[]> corpus, Random random) {
    List<Field> root = read(input, 0);
    if (root == null || random.nextInt(20) == 0) {
      return text.mutate(input, corpus, random);
    }
    List<List<Field>> messages = new ArrayList<>();
    collect(root, messages);
    List<Field> message = messages.get(random.nextInt(messages.size()));
    if (message.isEmpty()) {
      message.add(number(random));
    } else {
      change(message, messages, corpus, random);
    }
    byte[] written = write(root);
    return written.length <= MAX_BYTES ? written : input;
  }

  private void change(
      List<Field> message, List<List<Field>> messages, List<byte[]> corpus, Random random) {
    int at = random.nextInt(message.size());
    Field field = message.get(at);
    switch (random.nextInt(8)) {
      case 0 -> message.remove(at);
      case 1 -> message.add(at, field.copy());
      case 2 -> field.tag = 1 + random.nextInt(random.nextInt(10) == 0 ? 3_000 : 40);
      case 3 -> messages.get(random.nextInt(messages.size())).add(field.copy());
      case 4 -> {
        // A message, or nothing, in the place of another value.
        field.type = BYTES;
        field.isMessage = true;
        List<Field> other = messages.get(random.nextInt(messages.size()));
        field.message = new ArrayList<>();
        if (random.nextBoolean() && !other.contains(field)) {
          other.forEach(one -> field.message.add(one.copy()));
        }
      }
      case 5 -> nest(field, random);
      default -> value(field, corpus, random);
    }
  }

  /** The field in itself, as conditions of conditions are. */
  private static void nest(Field field, Random random) {
    for (int i = random.nextInt(random.nextInt(10) == 0 ? 120 : 4); i >= 0; i--) {
      Field inner = field.copy();
      field.type = BYTES;
      field.isMessage = true;
      field.message = new ArrayList<>(List.of(inner));
    }
  }

  private void value(Field field, List<byte[]> corpus, Random random) {
    if (field.type != BYTES) {
      field.number = number(random).number;
    } else if (!field.isMessage) {
      field.bytes = text.mutate(field.bytes, corpus.subList(0, 1), random);
    }
  }

  private static Field number(Random random) {
    Field field = new Field();
    field.tag = 1 + random.nextInt(20);
    field.type = VARINT;
    field.number =
        switch (random.nextInt(5)) {
          case 0 -> random.nextInt(10);
          case 1 -> -1 - random.nextInt(3);
          case 2 -> 1L << random.nextInt(64);
          case 3 -> (1L << random.nextInt(64)) - 1;
          // Of a double that is none, or endless.
          default -> Double.doubleToRawLongBits(random.nextBoolean() ? Double.NaN : 1 / 0.0);
        };
    return field;
  }

  private static void collect(List<Field> message, List<List<Field>> messages) {
    messages.add(message);
    for (Field field : message) {
      if (field.isMessage) {
        collect(field.message, messages);
      }
    }
  }

  /** Null if these bytes are no message. */
  private static @org.jspecify.annotations.Nullable List<Field> read(byte[] bytes, int depth) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    List<Field> fields = new ArrayList<>();
    try {
      while (in.hasRemaining()) {
        long key = varint(in);
        Field field = new Field();
        field.tag = (int) (key >>> 3);
        field.type = (int) (key & 7);
        if (field.tag < 1 || field.tag > 100_000) {
          return null;
        }
        switch (field.type) {
          case VARINT -> field.number = varint(in);
          case FIXED64 -> field.number = in.getLong();
          case FIXED32 -> field.number = in.getInt();
          case BYTES -> {
            long length = varint(in);
            if (length < 0 || length > in.remaining()) {
              return null;
            }
            field.bytes = new byte[(int) length];
            in.get(field.bytes);
            List<Field> inner =
                depth < MAX_DEPTH && length > 1 ? read(field.bytes, depth + 1) : null;
            field.isMessage = inner != null;
            field.message = inner == null ? List.of() : inner;
          }
          default -> {
            return null;
          }
        }
        fields.add(field);
      }
      return fields;
    } catch (java.nio.BufferUnderflowException e) {
      return null;
    }
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    return value;
  }

  private static byte[] write(List<Field> fields) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Field field : fields) {
      varint(out, (long) field.tag << 3 | field.type);
      ByteBuffer fixed = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      fixed.putLong(field.number);
      switch (field.type) {
        case VARINT -> varint(out, field.number);
        case FIXED64 -> out.write(fixed.array(), 0, 8);
        case FIXED32 -> out.write(fixed.array(), 0, 4);
        default -> {
          byte[] bytes = field.isMessage ? write(field.message) : field.bytes;
          varint(out, bytes.length);
          out.writeBytes(bytes);
        }
      }
    }
    return out.toByteArray();
  }

  private static void varint(ByteArrayOutputStream out, long number) {
    long rest = number;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
  }
}
