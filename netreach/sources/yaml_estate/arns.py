"""ARNs of what AWS knows by one, made of keys."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

#: How the ARNs of balancers abbreviate their kinds.
BALANCER_WORDS: Final = {"application": "app", "network": "net", "gateway": "gwy"}


def number_of(text: str) -> str:
    """Return sixteen digits such as AWS ends ARNs with, always the same for one text."""
    return sha256(text.encode()).hexdigest()[:16]


def balancer_arn(kind: str, name: str, account: str, region: str) -> str:
    """Return the ARN of a balancer; a classic one has none and is known by its name."""
    if kind not in BALANCER_WORDS:
        return name
    path = f"{BALANCER_WORDS[kind]}/{name}/{number_of(name)}"
    return f"arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/{path}"


def listener_arn(balancer: str, protocol: str, port: int | None) -> str:
    """Return the ARN of a balancer's listener."""
    base = balancer.replace(":loadbalancer/", ":listener/")
    return f"{base}/{number_of(f'{protocol} {port}')}"


def target_group_arn(name: str, account: str, region: str) -> str:
    """Return the ARN of a target group."""
    path = f"targetgroup/{name}/{number_of(name)}"
    return f"arn:aws:elasticloadbalancing:{region}:{account}:{path}"


def firewall_arn(kind: str, name: str, account: str, region: str) -> str:
    """Return the ARN of a firewall, a firewall policy or a rule group."""
    return f"arn:aws:network-firewall:{region}:{account}:{kind}/{name}"


#: Kinds of managed services -> how their ARNs go on behind service, region and account.
_MANAGED: Final = {
    "db-instance": ("rds", "db:{name}"),
    "db-cluster": ("rds", "cluster:{name}"),
    "db-proxy": ("rds", "db-proxy:{name}"),
    "cache-cluster": ("elasticache", "cluster:{name}"),
    "replication-group": ("elasticache", "replicationgroup:{name}"),
    "serverless-cache": ("elasticache", "serverlesscache:{name}"),
    "redshift-workgroup": ("redshift-serverless", "workgroup/{number}"),
    "opensearch-domain": ("es", "domain/{name}"),
    "msk-cluster": ("kafka", "cluster/{name}/{number}-1"),
    "msk-serverless-cluster": ("kafka", "cluster/{name}/{number}-s1"),
    "lambda-function": ("lambda", "function:{name}"),
    "ecs-task": ("ecs", "task/{name}/{number}"),
    "eks-cluster": ("eks", "cluster/{name}"),
}


def managed_arn(kind: str, name: str, account: str, region: str) -> str:
    """Return the ARN of a managed service; those without one are known by an id or a name."""
    if kind not in _MANAGED:
        return f"fsmt-{name}" if kind == "mount-target" else name
    service, rest = _MANAGED[kind]
    return f"arn:aws:{service}:{region}:{account}:{rest.format(name=name, number=number_of(name))}"
