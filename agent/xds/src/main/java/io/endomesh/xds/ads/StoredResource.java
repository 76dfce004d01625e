package io.endomesh.xds.ads;

import com.google.protobuf.ByteString;

/**
 * A resource as it came over the wire, to be kept. Immutable.
 *
 * @param value the resource without the {@code Any} around it
 */
public record StoredResource(ResourceType type, String name, String version, ByteString value) {}
