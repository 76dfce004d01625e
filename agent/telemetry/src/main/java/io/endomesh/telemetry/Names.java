package io.endomesh.telemetry;

import io.opentelemetry.api.common.AttributeKey;

/**
 * Attribute names: OpenTelemetry's semantic conventions (1.40), and ours for what only a mesh
 * knows.
 */
final class Names {

  static final AttributeKey<String> SERVICE_NAME = AttributeKey.stringKey("service.name");
  static final AttributeKey<String> SERVICE_NAMESPACE = AttributeKey.stringKey("service.namespace");
  static final AttributeKey<String> SERVICE_INSTANCE_ID =
      AttributeKey.stringKey("service.instance.id");
  static final AttributeKey<String> DISTRO_NAME = AttributeKey.stringKey("telemetry.distro.name");
  static final AttributeKey<String> DISTRO_VERSION =
      AttributeKey.stringKey("telemetry.distro.version");

  static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
  static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
  static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");
  static final AttributeKey<String> CLIENT_ADDRESS = AttributeKey.stringKey("client.address");
  static final AttributeKey<String> PEER_ADDRESS = AttributeKey.stringKey("network.peer.address");
  static final AttributeKey<Long> PEER_PORT = AttributeKey.longKey("network.peer.port");

  static final AttributeKey<String> HTTP_METHOD = AttributeKey.stringKey("http.request.method");
  static final AttributeKey<String> HTTP_METHOD_ORIGINAL =
      AttributeKey.stringKey("http.request.method_original");
  static final AttributeKey<Long> HTTP_STATUS = AttributeKey.longKey("http.response.status_code");
  static final AttributeKey<Long> HTTP_RESEND_COUNT =
      AttributeKey.longKey("http.request.resend_count");
  static final AttributeKey<String> URL_FULL = AttributeKey.stringKey("url.full");
  static final AttributeKey<String> URL_PATH = AttributeKey.stringKey("url.path");
  static final AttributeKey<String> URL_SCHEME = AttributeKey.stringKey("url.scheme");

  static final AttributeKey<String> RPC_SYSTEM = AttributeKey.stringKey("rpc.system.name");
  static final AttributeKey<String> RPC_METHOD = AttributeKey.stringKey("rpc.method");
  static final AttributeKey<String> RPC_STATUS = AttributeKey.stringKey("rpc.response.status_code");

  static final AttributeKey<String> DB_SYSTEM = AttributeKey.stringKey("db.system.name");
  static final AttributeKey<String> DB_NAMESPACE = AttributeKey.stringKey("db.namespace");
  static final AttributeKey<String> DB_OPERATION = AttributeKey.stringKey("db.operation.name");
  static final AttributeKey<String> DB_COLLECTION = AttributeKey.stringKey("db.collection.name");
  static final AttributeKey<String> DB_SUMMARY = AttributeKey.stringKey("db.query.summary");
  static final AttributeKey<String> DB_TEXT = AttributeKey.stringKey("db.query.text");
  static final AttributeKey<Long> DB_BATCH_SIZE = AttributeKey.longKey("db.operation.batch.size");
  static final AttributeKey<String> DB_STATUS = AttributeKey.stringKey("db.response.status_code");

  /** Service that was called, {@code orders.default}. */
  static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("endomesh.destination");

  /** xDS cluster the attempt went to. */
  static final AttributeKey<String> CLUSTER = AttributeKey.stringKey("endomesh.cluster");

  /** True if the attempt used the mesh's mutual TLS. */
  static final AttributeKey<Boolean> TLS = AttributeKey.booleanKey("endomesh.tls");

  /** True on attempts after the first: calls are the attempts without it. */
  static final AttributeKey<Boolean> RETRY = AttributeKey.booleanKey("endomesh.retry");

  /** True on attempts after which the call went on: outcomes of calls are those without it. */
  static final AttributeKey<Boolean> RETRIED = AttributeKey.booleanKey("endomesh.retried");

  /** True on attempts that were broken off, because another one of the call had answered. */
  static final AttributeKey<Boolean> SUPERSEDED = AttributeKey.booleanKey("endomesh.superseded");

  /** Route that matched. */
  static final AttributeKey<String> ROUTE = AttributeKey.stringKey("endomesh.route");

  /** SPIFFE id the caller proved. */
  static final AttributeKey<String> CALLER = AttributeKey.stringKey("endomesh.caller");

  /** What decided, where the mesh answered itself. */
  static final AttributeKey<String> POLICY = AttributeKey.stringKey("endomesh.policy");

  /** What would have refused the call, were it in force. */
  static final AttributeKey<String> DRY_RUN = AttributeKey.stringKey("endomesh.policy.dry_run");

  /** Whose owner wants to know of the call. */
  static final AttributeKey<String> AUDIT = AttributeKey.stringKey("endomesh.policy.audit");

  /** What let the call through, because whom it asks did not answer. */
  static final AttributeKey<String> UNANSWERED =
      AttributeKey.stringKey("endomesh.policy.unanswered");

  /** What was dropped: {@code spans} or {@code measurements}. */
  static final AttributeKey<String> SIGNAL = AttributeKey.stringKey("endomesh.signal");

  static final String GRPC = "grpc";

  private Names() {}
}
