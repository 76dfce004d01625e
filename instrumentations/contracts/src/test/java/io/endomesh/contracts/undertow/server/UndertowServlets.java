package io.endomesh.contracts.undertow.server;

import io.undertow.server.HttpHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletInfo;

/**
 * Deployments of servlets. Compiled against Undertow 2.0, whose servlets have another name since
 * 2.3: so no method that names one is called. Stateless.
 */
final class UndertowServlets {

  private UndertowServlets() {}

  /** One deployment for all paths. */
  static HttpHandler deploy(ServletInfo... servlets) throws Exception {
    DeploymentInfo deployment =
        Servlets.deployment()
            .setClassLoader(UndertowServlets.class.getClassLoader())
            .setContextPath("/")
            .setDeploymentName("contract")
            .addServlets(servlets);
    DeploymentManager manager = Servlets.defaultContainer().addDeployment(deployment);
    manager.deploy();
    return manager.start();
  }
}
