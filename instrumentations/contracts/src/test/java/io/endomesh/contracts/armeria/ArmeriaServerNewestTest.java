package io.endomesh.contracts.armeria;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Armeria, server", staged = "armeria-newest", release = Release.NEWEST)
class ArmeriaServerNewestTest extends ArmeriaServerVersion {}
