package io.endomesh.xds.ads;

import io.endomesh.xds.translate.ClusterResource;
import io.endomesh.xds.translate.EndpointResource;
import java.util.List;

/** What stands for endpoints that have a name and no address. */
interface EndpointAddresses {

  /** Names stay names: for who looks at a configuration and calls nobody. */
  EndpointAddresses UNRESOLVED =
      new EndpointAddresses() {
        @Override
        public boolean isAnswered(ClusterResource cluster) {
          return true;
        }

        @Override
        public List<EndpointResource> resolved(List<EndpointResource> endpoints) {
          return endpoints;
        }
      };

  /** True if all names of a cluster were asked for and answered. */
  boolean isAnswered(ClusterResource cluster);

  /** Endpoints with addresses in place of names. */
  List<EndpointResource> resolved(List<EndpointResource> endpoints);
}
