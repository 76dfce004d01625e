package io.endomesh.controller.etcd;

import io.endomesh.proto.etcd.Compare;
import io.endomesh.proto.etcd.RangeResponse;
import io.endomesh.proto.etcd.TxnRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to write, which one controller has at a time: a key of etcd that lasts as long as a
 * lease. Each write is made on the condition that the key is still there, so that who lost it, and
 * does not know yet, writes nothing. Thread-safe.
 */
final class Tenure {

  private static final Logger log = LoggerFactory.getLogger(Tenure.class);

  /** How long others wait for one that was killed; its writes are refused from then on. */
  static final Duration TTL = Duration.ofSeconds(10);

  private static final Duration LOOK = Duration.ofMillis(500);

  private final EtcdClient client;
  private final EtcdKeys keys;
  private final String self;
  private volatile long lease;

  private Tenure(EtcdClient client, EtcdKeys keys, String self) {
    this.client = client;
    this.keys = keys;
    this.self = self;
  }

  /**
   * Returns when nobody else has it.
   *
   * @param name of this controller, for people
   * @param standBy whether to wait for one that has it; else that is an error
   */
  static Tenure begin(EtcdClient client, EtcdKeys keys, String name, boolean standBy)
      throws EtcdException, IOException {
    Tenure tenure = new Tenure(client, keys, name + " " + UUID.randomUUID());
    boolean told = false;
    while (true) {
      long lease = client.grant(TTL);
      TxnRequest take =
          TxnRequest.newBuilder()
              .addCompare(EtcdKeys.isAbsent(keys.lock()))
              .addSuccess(EtcdKeys.put(keys.lock(), tenure.self, lease))
              .addSuccess(EtcdKeys.put(keys.epoch(), tenure.self))
              .build();
      if (client.txn(take).getSucceeded() || tenure.isHeld()) {
        tenure.lease = lease;
        return tenure;
      }
      client.revoke(lease);
      String holder = holder(client, keys);
      if (!standBy && !holder.isEmpty()) {
        throw new IOException(
            "store: it is in use by the controller " + holder + " (expected: none that runs)");
      }
      if (!told) {
        log.info("standing by: the controller {} is active", holder);
        told = true;
      }
      await(client, keys);
    }
  }

  /** Until there is nobody. */
  private static void await(EtcdClient client, EtcdKeys keys) throws EtcdException, IOException {
    while (!holder(client, keys).isEmpty()) {
      try {
        Thread.sleep(LOOK.toMillis());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while another controller was active", e);
      }
    }
  }

  /** Empty if there is none. */
  static String holder(EtcdClient client, EtcdKeys keys) throws EtcdException {
    RangeResponse found = client.range(EtcdKeys.one(keys.lock()).build());
    return found.getKvsCount() == 0
        ? ""
        : found.getKvs(0).getValue().toStringUtf8().replaceAll(" \\S*$", "");
  }

  private boolean isHeld() throws EtcdException {
    RangeResponse found = client.range(EtcdKeys.one(keys.lock()).build());
    return found.getKvsCount() == 1 && found.getKvs(0).getValue().toStringUtf8().equals(self);
  }

  /** The condition of all that is written. */
  Compare held() {
    return EtcdKeys.is(keys.lock(), self);
  }

  /**
   * Makes it last; takes it again if it ended while nobody else wrote anything.
   *
   * @return false if another has it, or had it
   */
  synchronized boolean renew() throws EtcdException {
    if (client.keepAlive(lease) && isHeld()) {
      return true;
    }
    long fresh = client.grant(TTL);
    TxnRequest again =
        TxnRequest.newBuilder()
            .addCompare(EtcdKeys.isAbsent(keys.lock()))
            .addCompare(EtcdKeys.is(keys.epoch(), self))
            .addSuccess(EtcdKeys.put(keys.lock(), self, fresh))
            .build();
    if (client.txn(again).getSucceeded() || isHeld()) {
      lease = fresh;
      return true;
    }
    client.revoke(fresh);
    return false;
  }

  void end() {
    try {
      client.revoke(lease);
    } catch (EtcdException e) {
      log.warn(
          "others wait {} s for the end of this controller's lease: {}",
          TTL.toSeconds(),
          e.getMessage());
    }
  }
}
