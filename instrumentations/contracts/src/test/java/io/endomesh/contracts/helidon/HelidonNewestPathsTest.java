package io.endomesh.contracts.helidon;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Helidon", staged = "helidon-4.5", release = Release.NEWEST, jdk = 21)
class HelidonNewestPathsTest extends HelidonPathContract {}
