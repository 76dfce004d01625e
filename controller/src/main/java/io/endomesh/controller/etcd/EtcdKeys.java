package io.endomesh.controller.etcd;

import com.google.protobuf.ByteString;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.proto.etcd.Compare;
import io.endomesh.proto.etcd.DeleteRangeRequest;
import io.endomesh.proto.etcd.PutRequest;
import io.endomesh.proto.etcd.RangeRequest;
import io.endomesh.proto.etcd.RequestOp;

/**
 * What the keys are called, below the prefix of a mesh:
 *
 * <pre>
 * format                        1, once all is there
 * lock                          who writes; gone with its lease
 * epoch                         who wrote last
 * revision                      of the resources
 * pending                       a write of many parts that is decided, and not yet done
 * resource/KIND/NAMESPACE/NAME
 * history/REVISION/PART         changes, oldest first
 * changed/KIND/NAMESPACE/NAME/REVISION
 * fact/NAME, secret/NAME
 * audit/TIME-NUMBER, denied/TIME-NUMBER
 * </pre>
 *
 * Immutable.
 */
final class EtcdKeys {

  static final String FORMAT_VERSION = "1";

  private final String prefix;

  EtcdKeys(String prefix) {
    this.prefix = prefix + "/";
  }

  String format() {
    return prefix + "format";
  }

  String lock() {
    return prefix + "lock";
  }

  String epoch() {
    return prefix + "epoch";
  }

  String revision() {
    return prefix + "revision";
  }

  String pending() {
    return prefix + "pending";
  }

  String resources() {
    return prefix + "resource/";
  }

  String resource(ResourceKey key) {
    return resources() + path(key);
  }

  String history() {
    return prefix + "history/";
  }

  String history(long revision) {
    return history() + padded(revision) + "/";
  }

  String history(long revision, int part) {
    return history(revision) + String.format("%06d", part);
  }

  String changed(ResourceKey key) {
    return prefix + "changed/" + path(key) + "/";
  }

  String changed(ResourceKey key, long revision) {
    return changed(key) + padded(revision);
  }

  String facts() {
    return prefix + "fact/";
  }

  String fact(String name) {
    return facts() + name;
  }

  String secrets() {
    return prefix + "secret/";
  }

  String secret(String name) {
    return secrets() + name;
  }

  String audit(boolean denied) {
    return prefix + (denied ? "denied/" : "audit/");
  }

  /** All but who holds the lock. */
  String[] contents() {
    return new String[] {
      resources(), history(), prefix + "changed/", facts(), secrets(), audit(true), audit(false)
    };
  }

  /** In the order of numbers. */
  static String padded(long number) {
    return String.format("%016d", number);
  }

  private static String path(ResourceKey key) {
    return key.kind() + "/" + key.namespace() + "/" + key.name();
  }

  /** All keys that begin so. */
  static RangeRequest.Builder all(String prefix) {
    return RangeRequest.newBuilder().setKey(bytes(prefix)).setRangeEnd(after(prefix));
  }

  static RangeRequest.Builder one(String key) {
    return RangeRequest.newBuilder().setKey(bytes(key));
  }

  static RequestOp put(String key, String value) {
    return RequestOp.newBuilder()
        .setRequestPut(PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)))
        .build();
  }

  static RequestOp put(String key, String value, long lease) {
    return RequestOp.newBuilder()
        .setRequestPut(
            PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value)).setLease(lease))
        .build();
  }

  static RequestOp delete(String key) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(key)))
        .build();
  }

  /** From one key on, up to another that stays. */
  static RequestOp delete(String from, ByteString end) {
    return RequestOp.newBuilder()
        .setRequestDeleteRange(DeleteRangeRequest.newBuilder().setKey(bytes(from)).setRangeEnd(end))
        .build();
  }

  static RequestOp deleteAll(String prefix) {
    return delete(prefix, after(prefix));
  }

  static RequestOp get(String key) {
    return RequestOp.newBuilder().setRequestRange(one(key)).build();
  }

  static Compare is(String key, String value) {
    return Compare.newBuilder()
        .setResult(Compare.CompareResult.EQUAL)
        .setTarget(Compare.CompareTarget.VALUE)
        .setKey(bytes(key))
        .setValue(bytes(value))
        .build();
  }

  static Compare isAbsent(String key) {
    return Compare.newBuilder()
        .setResult(Compare.CompareResult.EQUAL)
        .setTarget(Compare.CompareTarget.CREATE)
        .setKey(bytes(key))
        .setCreateRevision(0)
        .build();
  }

  static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  /** The first key that begins otherwise; what is given ends with a slash. */
  static ByteString after(String prefix) {
    return bytes(prefix.substring(0, prefix.length() - 1) + (char) ('/' + 1));
  }
}
