package io.endomesh.contracts.armeria;

import io.endomesh.testkit.Library;

@Library(name = "Armeria, server", staged = "armeria-oldest")
class ArmeriaServerOldestTest extends ArmeriaServerVersion {}
