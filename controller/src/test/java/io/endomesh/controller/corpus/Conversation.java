package io.endomesh.controller.corpus;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.endomesh.controller.translate.XdsResource;
import io.endomesh.xds.ads.ResourceType;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;

/**
 * What agents are told in an example, as the corpus from which the fuzz tests of agent/xds begin: a
 * message whose field 1 holds, in order, what a stream of discovery would say. Stateless.
 */
final class Conversation {

  private static final Path CORPUS = Example.ROOT.resolve("agent/xds/src/test/resources/fuzz/xds");

  private Conversation() {}

  static void write(String name, Iterable<SortedMap<AgentView.Name, XdsResource>> told)
      throws IOException {
    Map<ResourceType, DeltaDiscoveryResponse.Builder> byType = new EnumMap<>(ResourceType.class);
    for (SortedMap<AgentView.Name, XdsResource> sent : told) {
      sent.forEach(
          (key, resource) ->
              byType
                  .computeIfAbsent(
                      key.type(),
                      type ->
                          DeltaDiscoveryResponse.newBuilder()
                              .setTypeUrl(type.typeUrl())
                              .setNonce(type.name()))
                  .addResources(
                      Resource.newBuilder()
                          .setName(key.name())
                          .setVersion("1")
                          .setResource(resource.body())));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    for (DeltaDiscoveryResponse.Builder response : byType.values()) {
      out.writeTag(1, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeByteArrayNoTag(response.build().toByteArray());
    }
    out.flush();
    if (!byType.isEmpty()) {
      Files.createDirectories(CORPUS);
      Files.write(CORPUS.resolve(name + ".bin"), bytes.toByteArray());
    }
  }
}
