package io.endomesh.contracts.helidon;

import io.endomesh.testkit.Library;

@Library(name = "Helidon", staged = "helidon-4.0", jdk = 21)
class HelidonOldestPathsTest extends HelidonPathContract {}
