package io.endomesh.xds.identity;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The few DER encodings (X.690) that a certificate request is made of. Stateless. */
final class Der {

  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return tagged(SEQUENCE, parts);
  }

  static byte[] set(byte[]... parts) {
    return tagged(SET, parts);
  }

  static byte[] octetString(byte[] content) {
    return tagged(OCTET_STRING, content);
  }

  /** Whole bytes only. */
  static byte[] bitString(byte[] content) {
    return tagged(BIT_STRING, new byte[] {0}, content);
  }

  static byte[] zero() {
    return tagged(INTEGER, new byte[] {0});
  }

  /** Context-specific tag, constructed ({@code [n] { … }}). */
  static byte[] explicit(int number, byte[]... parts) {
    return tagged(0xa0 | number, parts);
  }

  /** Context-specific tag on a string ({@code [n] IA5String}). */
  static byte[] text(int number, String ascii) {
    return tagged(0x80 | number, ascii.getBytes(StandardCharsets.US_ASCII));
  }

  /** From dotted text. */
  static byte[] objectIdentifier(String dotted) {
    String[] arcs = dotted.split("\\.");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(Integer.parseInt(arcs[0]) * 40 + Integer.parseInt(arcs[1]));
    for (int i = 2; i < arcs.length; i++) {
      base128(Integer.parseInt(arcs[i]), out);
    }
    return tagged(OBJECT_IDENTIFIER, out.toByteArray());
  }

  private static void base128(int arc, ByteArrayOutputStream out) {
    int septets = 1;
    while (septets < 5 && arc >>> (7 * septets) != 0) {
      septets++;
    }
    for (int i = septets - 1; i > 0; i--) {
      out.write(0x80 | (arc >>> (7 * i) & 0x7f));
    }
    out.write(arc & 0x7f);
  }

  private static byte[] tagged(int tag, byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length < 0x80) {
      out.write(length);
    } else if (length < 0x100) {
      out.write(0x81);
      out.write(length);
    } else {
      out.write(0x82);
      out.write(length >>> 8);
      out.write(length & 0xff);
    }
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }
}
