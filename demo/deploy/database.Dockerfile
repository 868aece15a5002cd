FROM debian:12
RUN apt-get update \
  && apt-get install --yes --no-install-recommends etcd-server haproxy patroni postgresql-15 python3-etcd \
  && rm -rf /var/lib/apt/lists/* \
  && install --directory --owner=postgres --mode=700 /var/lib/postgresql/data /var/lib/postgresql/etcd
COPY patroni.yml create-database.sh /etc/patroni/
COPY haproxy.cfg /etc/haproxy/haproxy.cfg
USER postgres
